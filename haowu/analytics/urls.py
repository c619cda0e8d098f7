from django.urls import path

from haowu.analytics.views import effect, home, me, recommendations, service

urlpatterns = [
    path("dashboard/", home.Dashboard.as_view(), name="dashboard"),
    path("me/", me.Me.as_view(), name="me"),
    path("effect/", effect.LeaderEffect.as_view(), name="effect"),
    path("service/", service.ServicePage.as_view(), name="service"),
    path("recommendations/", recommendations.Recommendations.as_view(), name="recommendations"),
    path("recommendations/<id:public_id>/", recommendations.RecommendationPage.as_view(), name="recommendation"),
]
