"""The addresses of the sockets."""

from django.urls import path

from designer.consumers import LiveVersion

websocket_urlpatterns = [path("ws/versions/<int:pk>/", LiveVersion.as_asgi())]
