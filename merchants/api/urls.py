from django.urls import path

from merchants.api import plans, products

urlpatterns = [
    path("categories", products.CategoriesView.as_view(), name="categories"),
    path("products", products.ProductsView.as_view(), name="products"),
    path("products/<text:code>", products.ProductView.as_view(), name="product"),
    path("listings", products.ListingsView.as_view(), name="listings"),
    path("delistings", products.DelistingsView.as_view(), name="delistings"),
    path("plans", plans.PlansView.as_view(), name="plans"),
    path("plan-rates", plans.RatesView.as_view(), name="plan-rates"),
    path("plan-endings", plans.EndingsView.as_view(), name="plan-endings"),
]
