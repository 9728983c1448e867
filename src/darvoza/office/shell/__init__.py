"""The frame of every page: layout, style, words for codes, security headers, error pages."""
