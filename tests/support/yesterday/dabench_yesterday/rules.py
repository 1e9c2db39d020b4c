from importlib.metadata import entry_points


def first(candidates):
    return min(range(len(candidates)), key=lambda index: candidates[index].step)


def render(tables):
    return f"{len(tables)} tables\n"


def launch(jobs, workers):
    """Hand everything on to the launcher that ships."""
    hooks = next(point for point in entry_points(group="dabench") if point.name == "core").load()
    inline = next(spec for spec in hooks.dabench_launchers() if spec.name == "inline").load()
    yield from inline(jobs, workers)
