"""Signing in."""

from __future__ import annotations

from django.contrib.auth.views import LoginView

from clustering.forms import SignInForm


class SignIn(LoginView):
    """The one page that is open to everybody."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
