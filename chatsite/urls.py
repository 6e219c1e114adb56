from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView
from django.views.i18n import set_language

from chatsite.accounts import invited

# The admin's own login page would not be throttled.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

login = account.LoginView.as_view(extra_context={"signup_open": settings.SIGNUP == "open"})
reset = TemplateView.as_view(template_name="account/password_reset.html")

# Of allauth's pages only those that need no e-mail.
accounts = [
    path("login/", login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("invitation/<str:token>/", invited, name="invitation"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", reset, name="account_reset_password"),
]


class Icon(RedirectView):
    """The address where browsers look on pages that name no icon, such as the admin's."""

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        return static("favicon.svg")


urlpatterns = [
    path("favicon.ico", Icon.as_view()),
    path("accounts/", include(accounts)),
    path("admin/", admin.site.urls),
    path("language", set_language, name="set_language"),
    path("", include("chat.urls")),
]
