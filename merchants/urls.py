from django.urls import path

from merchants.views import plans, products

urlpatterns = [
    path("products/", products.ProductList.as_view(), name="products"),
    path("products/new/", products.NewProduct.as_view(), name="new-product"),
    path("products/<id:public_id>/", products.EditProduct.as_view(), name="product"),
    path("products/<id:public_id>/listing/", products.ListProduct.as_view(), name="list-product"),
    path("products/<id:public_id>/delisting/", products.DelistProduct.as_view(), name="delist-product"),
    path("products/<id:public_id>/pictures/", products.AddPicture.as_view(), name="add-picture"),
    path(
        "products/<id:public_id>/pictures/<int:picture>/removal/",
        products.RemovePicture.as_view(),
        name="remove-picture",
    ),
    path("plans/", plans.PlanList.as_view(), name="plans"),
    path("plans/new/", plans.NewPlan.as_view(), name="new-plan"),
    path("plans/<id:public_id>/", plans.PlanPage.as_view(), name="plan"),
    path("plans/<id:public_id>/ending/", plans.EndPlan.as_view(), name="end-plan"),
    path("plans/<id:public_id>/taking-off/", plans.TakeOff.as_view(), name="take-off"),
]
