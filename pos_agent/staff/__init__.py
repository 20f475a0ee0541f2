"""Who is signed in at this store's screens."""
