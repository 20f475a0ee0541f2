"""Static checks that `./omo check` runs: tools, floors, sizes, translations, documents."""
