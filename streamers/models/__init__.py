from streamers.models.exposure import Exposure
from streamers.models.listing import Listing, ListingChange, ListingFigures, SavedView, Word
from streamers.models.module import Module, ModuleDay, ModuleEntry, ModuleRule
from streamers.models.pick import Channel, Pick, Profile, new_pid

__all__ = [
    "Channel",
    "Exposure",
    "Listing",
    "ListingChange",
    "ListingFigures",
    "Module",
    "ModuleDay",
    "ModuleEntry",
    "ModuleRule",
    "Pick",
    "Profile",
    "SavedView",
    "Word",
    "new_pid",
]
