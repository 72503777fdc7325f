"""Exchange: projects for programs of qualitative analysis, their way back, and views for SQL."""
