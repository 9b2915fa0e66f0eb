"""The addresses of the designer: pages, and the interface under /api/."""

from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from designer.pages import (
    alerts,
    audience,
    audiences,
    canvas,
    events,
    imports,
    journey_calendar,
    journey_moves,
    journeys,
    lists,
    messages,
    profiles,
    readings,
    rule_sets,
    sandboxes,
    session,
    settings,
    stream,
)


class Id:
    """A number that fits the database's ids; a longer one is no address of ours."""

    regex = "[0-9]{1,18}"
    to_python = int
    to_url = str


register_converter(Id, "id")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="journeys"), name="home"),
    path("log-in/", session.LogIn.as_view(), name="login"),
    path("log-out/", session.LogOut.as_view(), name="logout"),
    path("preferences/theme/", session.choose_theme, name="choose-theme"),
    path("preferences/sandbox/", session.choose_sandbox, name="choose-sandbox"),
    path("sandboxes/new/", sandboxes.create, name="new-sandbox"),
    path("journeys/", journeys.listed, name="journeys"),
    path("journeys/calendar/", journey_calendar.calendar, name="journey-calendar"),
    path("journeys/columns/", journeys.choose_columns, name="journey-columns"),
    path("journeys/new/", journey_moves.create, name="new-journey"),
    path("journeys/<id:journey>/", canvas.latest, name="journey"),
    path("journeys/alerts/<id:pk>/dismiss/", alerts.dismiss, name="dismiss-alert"),
    path("journeys/pause/", journey_moves.pause_versions, name="pause-versions"),
    path("journeys/resume/", journey_moves.resume_versions, name="resume-versions"),
    path("journeys/<id:journey>/rename/", journey_moves.rename, name="rename-journey"),
    path("journeys/<id:journey>/delete/", journey_moves.delete, name="delete-journey"),
    path("journeys/<id:journey>/readings/", readings.of_journey, name="journey-readings"),
    path("journeys/<id:journey>/versions/", journeys.versions, name="versions"),
    path("journeys/<id:journey>/versions/<id:pk>/", canvas.canvas, name="canvas"),
    path("journeys/<id:journey>/versions/<id:pk>/duplicate/", journey_moves.copy, name="duplicate-version"),
    path("journeys/<id:journey>/versions/<id:pk>/next/", journey_moves.next_version, name="next-version"),
    path("journeys/<id:journey>/versions/<id:pk>/close/", journey_moves.close_version, name="close-version"),
    path("journeys/<id:journey>/versions/<id:pk>/pause/", journey_moves.pause_version, name="pause-version"),
    path("journeys/<id:journey>/versions/<id:pk>/resume/", journey_moves.resume_version, name="resume-version"),
    path("journeys/<id:journey>/versions/<id:pk>/exit/", journey_moves.attribute_exit, name="attribute-exit"),
    path("journeys/<id:journey>/versions/<id:pk>/stop/", journey_moves.stop_version, name="stop-version"),
    path("audiences/", audiences.listed, name="audiences"),
    path("audiences/new/", audiences.create, name="new-audience"),
    path("audiences/readings/", readings.listed, name="readings"),
    path("audiences/readings/<id:pk>/refused/", readings.refused, name="refused-in-reading"),
    path("audiences/readings/<id:pk>/stop/", readings.stop, name="stop-reading"),
    path("audiences/upload/", lists.create, name="new-list"),
    path("audiences/upload/beginning/", lists.look, name="look-at-list"),
    path("audiences/imports/<id:pk>/", imports.shown, name="import"),
    path("audiences/imports/<id:pk>/cancel/", imports.cancel, name="cancel-import"),
    path("audiences/imports/<id:pk>/left-out/", imports.problems, name="import-problems"),
    path("audiences/<id:pk>/upload/", lists.change, name="change-list"),
    path("audiences/<id:pk>/", audience.shown, name="audience"),
    path("audiences/<id:pk>/edit/", audiences.change, name="change-audience"),
    path("audiences/<id:pk>/evaluate/", audience.evaluate, name="evaluate-audience"),
    path("audiences/<id:pk>/export/", audience.export, name="export-members"),
    path("audiences/<id:pk>/delete/", audience.delete, name="delete-audience"),
    path("events/", events.listed, name="events"),
    path("events/new/", events.create, name="new-event"),
    path("events/<id:pk>/", events.change, name="event"),
    path("events/<id:pk>/delete/", events.delete, name="delete-event"),
    path("profiles/", profiles.listed, name="profiles"),
    path("profiles/<id:pk>/", profiles.one, name="profile"),
    path("profiles/<id:pk>/export/", profiles.export, name="export-profile"),
    path("profiles/<id:pk>/erase/", profiles.erase, name="erase-profile"),
    path("messages/", messages.listed, name="messages"),
    path("messages/<id:pk>/", messages.one, name="message"),
    path("messages/<id:pk>/html/", messages.html, name="message-html"),
    path("stream/", stream.events, name="stream"),
    path("stream/newer/", stream.newer, name="stream-newer"),
    path("stream/events/<id:pk>/", stream.event, name="stream-event"),
    path("stream/rejected/", stream.rejected, name="rejected"),
    path("stream/discards/", stream.discards, name="discards"),
    path("settings/", settings.write_keys, name="settings"),
    path("settings/keys/<id:pk>/revoke/", settings.revoke, name="revoke-key"),
    path("settings/namespaces/", settings.namespaces, name="namespaces"),
    path("settings/rule-sets/", rule_sets.listed, name="rule-sets"),
    path("settings/rule-sets/new/", rule_sets.create, name="new-rule-set"),
    path("settings/rule-sets/<id:pk>/", rule_sets.change, name="rule-set"),
    path("settings/rule-sets/<id:pk>/delete/", rule_sets.delete, name="delete-rule-set"),
    path("settings/members/", settings.members, name="members"),
    path("settings/members/<id:pk>/role/", settings.role, name="member-role"),
    path("settings/members/<id:pk>/remove/", settings.remove, name="remove-member"),
    path("api/", include("designer.api.urls")),
]
