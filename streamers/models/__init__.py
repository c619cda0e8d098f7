from streamers.models.listing import Listing, ListingChange, ListingFigures, SavedView, Word
from streamers.models.pick import Channel, Pick, Profile, new_pid

__all__ = [
    "Channel",
    "Listing",
    "ListingChange",
    "ListingFigures",
    "Pick",
    "Profile",
    "SavedView",
    "Word",
    "new_pid",
]
