"""The till's day on paper: X looks at what was taken, Z closes it. Float and counting belong to a shift."""
