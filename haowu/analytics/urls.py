from django.urls import path

from haowu.analytics.views import effect, recommendations, service

urlpatterns = [
    path("effect/", effect.LeaderEffect.as_view(), name="effect"),
    path("service/", service.ServicePage.as_view(), name="service"),
    path("recommendations/", recommendations.Recommendations.as_view(), name="recommendations"),
    path("recommendations/<id:public_id>/", recommendations.RecommendationPage.as_view(), name="recommendation"),
]
