"""What leaves the published warehouse: files to take away, and answers about itself on the command line."""
