"""What is known of a source: its editions, what each export said, and which of them may be published."""
