from streamers.models.group import ShelfGroup
from streamers.models.listing import Listing, ListingChange, ListingFigures, SavedView, Word
from streamers.models.pick import Channel, Pick, Profile, new_pid, new_place
from streamers.models.service import ProductService

__all__ = [
    "Channel",
    "Listing",
    "ListingChange",
    "ListingFigures",
    "Pick",
    "ProductService",
    "Profile",
    "SavedView",
    "ShelfGroup",
    "Word",
    "new_pid",
    "new_place",
]
