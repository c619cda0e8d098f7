from django.urls import URLPattern, path

from merchants.views import bulk, importing, pickers, plans, product_list, products, rates, shop_score
from merchants.views.above import KnownAbove


def patterns(known: KnownAbove) -> list[URLPattern]:
    """The pages of merchants. ``known`` comes from the floors above, whose figures they show."""
    return [
        path("products/", product_list.ProductList.as_view(known=known), name="products"),
        path("products/rates/", bulk.BulkRates.as_view(known=known), name="bulk-rates"),
        path("products/stock/", bulk.BulkStock.as_view(known=known), name="bulk-stock"),
        path("products/import/", importing.ImportPage.as_view(), name="import-products"),
        path("products/import/template.<table:ending>", importing.ImportTemplate.as_view(), name="import-template"),
        path("products/import/<id:public_id>/", importing.UploadPage.as_view(), name="product-upload"),
        path("products/import/<id:public_id>/application/", importing.ApplyUpload.as_view(), name="apply-upload"),
        path("products/import/<id:public_id>/removal/", importing.RemoveUpload.as_view(), name="remove-upload"),
        path("products/import/<id:public_id>/to-mend.<table:ending>", importing.BadRows.as_view(), name="bad-rows"),
        path("products/new/", products.NewProduct.as_view(), name="new-product"),
        path("products/<id:public_id>/", products.EditProduct.as_view(known=known), name="product"),
        path("products/<id:public_id>/listing/", products.ListProduct.as_view(known=known), name="list-product"),
        path("products/<id:public_id>/delisting/", products.DelistProduct.as_view(known=known), name="delist-product"),
        path("products/<id:public_id>/pictures/", products.AddPicture.as_view(), name="add-picture"),
        path(
            "products/<id:public_id>/pictures/<int:picture>/removal/",
            products.RemovePicture.as_view(),
            name="remove-picture",
        ),
        path("shop/score/", shop_score.ShopScorePage.as_view(), name="shop-score"),
        path(
            "products/<id:public_id>/pictures/<int:picture>/place/",
            products.MovePicture.as_view(),
            name="move-picture",
        ),
        path("plans/", plans.PlanList.as_view(), name="plans"),
        path("plans/new/", plans.NewPlan.as_view(known=known), name="new-plan"),
        path("plans/<id:public_id>/", plans.PlanPage.as_view(known=known), name="plan"),
        path("plans/<id:public_id>/rate/", rates.ChangeRate.as_view(known=known), name="change-rate"),
        path("plans/<id:public_id>/ending/", plans.EndPlan.as_view(), name="end-plan"),
        path("plans/<id:public_id>/period/", plans.ChangePeriod.as_view(), name="plan-period"),
        path("plans/<id:public_id>/taking-off/", plans.TakeOff.as_view(), name="take-off"),
        path("split-preview/", plans.SplitPreview.as_view(known=known), name="split-preview"),
        path("pick/products/", pickers.ProductPicker.as_view(), name="pick-products"),
    ]
