"""What may happen: verbs on nouns. Knows no Flask, no form; never commits."""
