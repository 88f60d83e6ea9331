"""The census: a questionnaire that is data, waves in which places answer it, and the portrait each gets in return."""
