"""The nouns of the system: what one stage hands to the next.

All are frozen, with units in their names, and carry no behavior beyond trivial properties.
Arrays are read-only by agreement: a stage that needs to change one makes its own copy.
"""

from rascue.core.types.cueing import Beat, BeatOutcome, CueDecision, PlayedBeat, Reason
from rascue.core.types.instants import DacFrame, EngineNs, SensorTick
from rascue.core.types.measures import CadenceEstimate, CadenceStatus, StrideRecord
from rascue.core.types.prescription import (
    ParamValue,
    ProgramStep,
    SessionProgram,
    StepKind,
    Target,
    TargetKind,
)
from rascue.core.types.sensing import BlockFlag, Frame, ImuBlock, Placement, SourceInfo
from rascue.core.types.sessions import Command, Note, SessionHeader, SessionState
from rascue.core.types.sound import AudioState, PlayedFrame, SoundDose
from rascue.core.types.walking import (
    Activity,
    ActivityChange,
    DetectorEvent,
    FinalContactEvent,
    GaitFlag,
    GaitSign,
    SensorConcern,
    SensorHealth,
    Side,
    StepEvent,
    StepRefined,
    StrideTravel,
)

__all__ = [
    "Activity",
    "ActivityChange",
    "AudioState",
    "Beat",
    "BeatOutcome",
    "BlockFlag",
    "CadenceEstimate",
    "CadenceStatus",
    "Command",
    "CueDecision",
    "DacFrame",
    "DetectorEvent",
    "EngineNs",
    "FinalContactEvent",
    "Frame",
    "GaitFlag",
    "GaitSign",
    "ImuBlock",
    "Note",
    "ParamValue",
    "Placement",
    "PlayedBeat",
    "PlayedFrame",
    "ProgramStep",
    "Reason",
    "SensorConcern",
    "SensorHealth",
    "SensorTick",
    "SessionHeader",
    "SessionProgram",
    "SessionState",
    "Side",
    "SoundDose",
    "SourceInfo",
    "StepEvent",
    "StepKind",
    "StepRefined",
    "StrideRecord",
    "StrideTravel",
    "Target",
    "TargetKind",
]
