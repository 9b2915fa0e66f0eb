"""The shape of a journey: the graph, the checks of the whole, and the plan it compiles to. Pure."""
