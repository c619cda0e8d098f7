from bases.models import Brand
from merchants.models.catalogue import Category, Delisting, Product, ProductImage, Sku
from merchants.models.engagement import Engagement
from merchants.models.plan import Plan, PlanRate
from merchants.models.price import SkuPrice
from merchants.models.shop import Shop, ShopScore
from merchants.models.upload import ProductUpload

__all__ = [
    "Brand",
    "Category",
    "Delisting",
    "Engagement",
    "Plan",
    "PlanRate",
    "Product",
    "ProductImage",
    "ProductUpload",
    "Shop",
    "ShopScore",
    "Sku",
    "SkuPrice",
]
