from django.urls import path

from tuanzhang.api import activities, enrolments, second

urlpatterns = [
    path("activities", activities.ActivitiesView.as_view(), name="activities"),
    path("activities/<text:code>/publication", activities.PublicationView.as_view(), name="activity-publication"),
    path("activities/<text:code>/closing", activities.ClosingView.as_view(), name="activity-closing"),
    path("activities/<text:code>", activities.ActivityView.as_view(), name="activity"),
    path("open-activities", activities.OpenActivitiesView.as_view(), name="open-activities"),
    path("enrolments", enrolments.EnrolmentsView.as_view(), name="enrolments"),
    path("enrolment-decisions", enrolments.DecisionsView.as_view(), name="enrolment-decisions"),
    path("change-requests", enrolments.ChangeRequestsView.as_view(), name="change-requests"),
    path("change-request-answers", enrolments.AnswersView.as_view(), name="change-request-answers"),
    path("second-level", second.SecondLevelView.as_view(), name="second-level"),
    path("second-level-decisions", second.SecondDecisionsView.as_view(), name="second-level-decisions"),
]
