from streamers.models.listing import Listing, ListingChange, ListingFigures, Word
from streamers.models.pick import Channel, Pick, Profile, new_pid

__all__ = [
    "Channel",
    "Listing",
    "ListingChange",
    "ListingFigures",
    "Pick",
    "Profile",
    "Word",
    "new_pid",
]
