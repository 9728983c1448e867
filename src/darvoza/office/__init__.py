"""The office: the door where officers, analysts, approvers, chiefs and auditors work, in a browser."""
