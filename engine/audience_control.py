"""The front door of the engine for audiences, uploaded lists and readings; for everything else it is control.py."""

from engine.audiences.cancelling import NotCancellable, cancel_import
from engine.audiences.estimating import Estimate
from engine.audiences.estimating import estimate as estimate_audience
from engine.audiences.importing import ImportUnderWay
from engine.audiences.importing import Reading as ListReading
from engine.audiences.importing import begin as begin_import
from engine.audiences.importing import refuse_another as refuse_another_import
from engine.audiences.importing import stage as stage_list
from engine.audiences.keeping import LONGEST_NAME as LONGEST_AUDIENCE_NAME
from engine.audiences.keeping import MOST_COLUMNS as MOST_LIST_COLUMNS
from engine.audiences.keeping import AudienceInUse, NoSuchAudience, NotAnAudience
from engine.audiences.keeping import Wanted as AudienceWanted
from engine.audiences.keeping import ask_for_evaluation as evaluate_audiences
from engine.audiences.keeping import delete as delete_audience
from engine.audiences.keeping import keep as keep_audience
from engine.audiences.keeping import problems_with as audience_problems
from engine.audiences.keeping import readers_of as audience_readers
from engine.audiences.keeping import rule_wanted as audience_rule
from engine.audiences.list_file import BadList
from engine.audiences.list_file import Beginning as BeginningOfList
from engine.audiences.list_file import Source as ListSource
from engine.audiences.list_file import beginning as beginning_of_list
from engine.audiences.reading import NotReading, readings_over
from engine.audiences.reading import stop_run as stop_reading
from engine.audiences.upcoming import NextReading, next_readings
from engine.reporting.audience_uses import audiences_in_use, audiences_mentioned, mentioning
from engine.reporting.audience_words import audience_scope, audience_vocabulary
from engine.reporting.audiences import (
    audience_export,
    audience_members,
    audience_runs,
    audience_sizes,
    audiences_of_person,
)
from engine.reporting.readings import ReadingRun, Refusals, reading_run, readings, refusals

__all__ = [
    "LONGEST_AUDIENCE_NAME",
    "MOST_LIST_COLUMNS",
    "AudienceInUse",
    "AudienceWanted",
    "BadList",
    "BeginningOfList",
    "Estimate",
    "ImportUnderWay",
    "ListReading",
    "ListSource",
    "NextReading",
    "NoSuchAudience",
    "NotAnAudience",
    "NotCancellable",
    "NotReading",
    "ReadingRun",
    "Refusals",
    "audience_export",
    "audience_members",
    "audience_problems",
    "audience_readers",
    "audience_rule",
    "audience_runs",
    "audience_scope",
    "audience_sizes",
    "audience_vocabulary",
    "audiences_in_use",
    "audiences_mentioned",
    "audiences_of_person",
    "begin_import",
    "beginning_of_list",
    "cancel_import",
    "delete_audience",
    "estimate_audience",
    "evaluate_audiences",
    "keep_audience",
    "mentioning",
    "next_readings",
    "reading_run",
    "readings",
    "readings_over",
    "refusals",
    "refuse_another_import",
    "stage_list",
    "stop_reading",
]
