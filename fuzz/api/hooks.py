"""What OpenAPI has no words for: a question has either a month or two days, which are in order and at most 366.

Calls that the document allows are made so; those that it forbids stay as they are.
"""

from datetime import date, timedelta

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    for question in (case.query, case.body):
        if isinstance(question, dict) and ("artist" in question or "artists" in question):
            settle(question)


def settle(question):
    days = [question.pop(name, None) for name in ("from", "to")]
    if question.get("month"):
        return
    try:
        first, last = sorted(map(date.fromisoformat, days))
    except (TypeError, ValueError):
        question["month"] = "2026-09"
        return
    question["from"] = str(first)
    question["to"] = str(min(last, first + timedelta(days=365)))
