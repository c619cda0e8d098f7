from django.contrib.auth.views import LogoutView
from django.urls import path

from haowu.tenants import views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("guide/closure/", views.CloseGuide.as_view(), name="close-guide"),
    path("tenants/", views.TenantChooser.as_view(), name="choose-tenant"),
]
