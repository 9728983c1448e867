"""What is asked of the desk."""
