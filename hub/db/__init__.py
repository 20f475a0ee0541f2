"""The hub's database: schema, migrations, how it is opened."""
