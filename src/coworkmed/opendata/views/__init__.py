"""What is open to everybody's programs, and the pages that tell people of it."""
