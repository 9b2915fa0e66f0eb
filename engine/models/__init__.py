"""What the engine keeps. Small, edited things are ordinary models; what people move through is made in SQL."""

from engine.models.alert import Alert
from engine.models.audience import Audience
from engine.models.audience_import import OPEN_IMPORT, AudienceImport
from engine.models.audience_run import AudienceRun
from engine.models.business_event import BusinessEvent
from engine.models.caught_mail import CaughtMail
from engine.models.counter import Counter
from engine.models.definition import Definition
from engine.models.delivery import Delivery
from engine.models.discard import Discard
from engine.models.event import Event
from engine.models.event_definition import EventDefinition
from engine.models.experiment import Experiment
from engine.models.identity import Identity
from engine.models.import_problem import ImportProblem
from engine.models.inbox import InboxItem
from engine.models.instance import Instance
from engine.models.membership import Membership
from engine.models.namespace import Namespace
from engine.models.profile import Profile
from engine.models.read_member import ReadCount, ReadMember
from engine.models.read_run import OPEN_RUN, ReadRun
from engine.models.rejected_event import RejectedEvent
from engine.models.rule_set import RuleSet
from engine.models.sample import Sample
from engine.models.sandbox import Sandbox
from engine.models.step_event import StepEvent
from engine.models.work import PHASES, Work
from engine.models.write_key import WriteKey

__all__ = [
    "OPEN_IMPORT",
    "OPEN_RUN",
    "PHASES",
    "Alert",
    "Audience",
    "AudienceImport",
    "AudienceRun",
    "BusinessEvent",
    "CaughtMail",
    "Counter",
    "Definition",
    "Delivery",
    "Discard",
    "Event",
    "EventDefinition",
    "Experiment",
    "Identity",
    "ImportProblem",
    "InboxItem",
    "Instance",
    "Membership",
    "Namespace",
    "Profile",
    "ReadCount",
    "ReadMember",
    "ReadRun",
    "RejectedEvent",
    "RuleSet",
    "Sample",
    "Sandbox",
    "StepEvent",
    "Work",
    "WriteKey",
]
