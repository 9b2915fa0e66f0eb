"""The addresses of the designer: pages, and the interface under /api/."""

from django.urls import include, path
from django.views.generic import RedirectView

from designer.pages import canvas, session

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="journeys"), name="home"),
    path("log-in/", session.LogIn.as_view(), name="login"),
    path("log-out/", session.LogOut.as_view(), name="logout"),
    path("preferences/theme/", session.choose_theme, name="choose-theme"),
    path("preferences/sandbox/", session.choose_sandbox, name="choose-sandbox"),
    path("journeys/", canvas.latest, {"journey": 0}, name="journeys"),
    path("journeys/<int:journey>/", canvas.latest, name="journey"),
    path("journeys/<int:journey>/versions/<int:pk>/", canvas.canvas, name="canvas"),
    path("profiles/<int:pk>/", canvas.latest, name="profile"),
    path("api/", include("designer.api.urls")),
]
