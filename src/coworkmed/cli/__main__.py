from coworkmed.cli.main import main

main()
