"""The timetables of docs/teaching.md: lessons packed into sessions, minutes added up.

``[timetables]`` in course.toml says which lessons and how long a session is. How many
sessions it takes follows from the lessons' own minutes, so that no table can lie about them.
"""


def chosen(name, plan, lessons):
    """The lessons of a timetable, in its order; without a list, the whole core.

    Raises:
        SystemExit: a number that is no lesson's.
    """
    numbers = {x.number: x for x in lessons}
    if unknown := [n for n in plan.get("lessons", []) if n not in numbers]:
        raise SystemExit(
            f"course.toml, [timetables.{name}]: no lesson {', '.join(unknown)}; there are "
            f"{', '.join(numbers)}."
        )
    listed = [numbers[n] for n in plan.get("lessons", [])]
    return listed or [x for x in lessons if not x.optional]


def packed(lessons, spent, limit):
    """The lessons in order, session by session.

    Args:
        lessons: in the order of teaching.
        spent: {name: minutes}.
        limit: minutes of a session; a longer lesson has one of its own.

    Returns:
        list: of lists of lessons.
    """
    sessions, left = [], 0
    for lesson in lessons:
        if not sessions or spent[lesson.name] > left:
            sessions.append([])
            left = limit
        sessions[-1].append(lesson)
        left -= spent[lesson.name]
    return sessions


def left_out(lessons):
    """{number of a lesson that is needed and not taught before: numbers that need it}."""
    seen, found = set(), {}
    for lesson in lessons:
        for need in lesson.needs:
            if need not in seen:
                found.setdefault(need[:2], []).append(lesson.number)
        seen.add(lesson.name)
    return dict(sorted(found.items()))


def table(name, plan, lessons, spent):
    """A timetable as Markdown.

    Args:
        name: its name in the manifest.
        plan: what the manifest says: ``session``, ``minutes``, perhaps ``lessons``.
        lessons: all lessons of the course.
        spent: {name: minutes to work through}.
    """
    taught = chosen(name, plan, lessons)
    lines = [f"| {plan['session']} | lessons | minutes |", "|---|---|---|"]
    for number, session in enumerate(packed(taught, spent, plan["minutes"]), 1):
        each = [f"{x.number} {x.title}{' (optional)' * x.optional}" for x in session]
        minutes = sum(spent[x.name] for x in session)
        lines.append(f"| {number} | {' · '.join(each)} | {minutes} |")
    hours = sum(spent[x.name] for x in taught) / 60
    lines.append(f"| together | {len(taught)} lessons | {hours:.1f} hours |")
    if out := left_out(taught):
        needed = [f"{n} (for {' and '.join(by)})" for n, by in out.items()]
        lines += ["", f"Needed, but left out: {', '.join(needed)}."]
    besides = [x for x in lessons if x.optional and x not in taught]
    if besides and "lessons" not in plan:
        each = [f"{x.number} {x.title} ({spent[x.name]} minutes)" for x in besides]
        lines += ["", f"Optional, at home: {', '.join(each)}."]
    return "\n".join(lines)


def too_full(name, plan, lessons, spent):
    """A sentence if a timetable takes more sessions than it may, or an empty text."""
    most = plan.get("at_most")
    taken = len(packed(chosen(name, plan, lessons), spent, plan["minutes"]))
    if most is None or taken <= most:
        return ""
    return (
        f"course.toml, [timetables.{name}]: {taken} sessions of {plan['minutes']} minutes, "
        f"at most {most} are meant: leave out a lesson or shorten one"
    )
