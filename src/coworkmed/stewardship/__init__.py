"""Looking after the registry: asking the places, hearing what people say of them, deciding what is doubtful."""
