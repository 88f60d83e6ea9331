"""The command line, `coworkmed COMMAND` or `./run COMMAND`: commands parse, call a service, show what came of it."""
