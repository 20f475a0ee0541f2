"""The agent's database: naming, migrations, and the check that the file fits the program."""
