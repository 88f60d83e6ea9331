"""Stories: changes that places have witnessed, told in their words, coded by two, and read by anyone."""
