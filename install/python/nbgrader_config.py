"""nbgrader settings for convnotes notebooks: copy this file into the course folder."""

c = get_config()  # noqa: F821, nbgrader defines it

# What stands in place of a solution. nbgrader knows no Go, and setting the table
# replaces it, hence Python again. A function that panics still compiles.
c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError()",
    "go": '// YOUR CODE HERE\npanic("not implemented")',
}

# Seconds for a cell; nbgrader's 30 are short for one that trains a network.
c.Execute.timeout = 120

# Automatic tests are told apart by the kernel's name.
c.InstantiateTests.comment_strs = {"convnotes": "//"}
c.InstantiateTests.sanitizers = {"convnotes": lambda s: s.strip('"')}

# A check that a student has deleted is put back, and can still earn its points.
c.OverwriteCells.add_missing_cells = True
