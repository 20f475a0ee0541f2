"""Link: joins the stores' streams to the areas."""
