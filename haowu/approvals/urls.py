from django.urls import path

from haowu.approvals import views

urlpatterns = [
    path("trail/", views.TrailPage.as_view(), name="trail"),
    path("notices/", views.NoticesPage.as_view(), name="notices"),
    path("views/", views.SavedViews.as_view(), name="saved-views"),
    path("views/new/", views.KeepView.as_view(), name="keep-view"),
    path("views/columns/", views.ChooseColumns.as_view(), name="choose-columns"),
    path("views/<id:public_id>/name/", views.RenameView.as_view(), name="rename-view"),
    path("views/<id:public_id>/removal/", views.RemoveView.as_view(), name="remove-view"),
]
