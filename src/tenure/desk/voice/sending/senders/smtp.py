"""Mail through the bank's own server."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from tenure.desk.voice.sending.senders import NotNow, Outgoing, Refused, Unsure
from tenure.desk.voice.sending.settings import Smtp

#: Seconds a mail server may take for one step.
TIMEOUT = 30


class BySmtp:
    """One connection a message: servers limit how many one may bring in one connection, and mail is not many."""

    def __init__(self, settings: Smtp) -> None:
        self._settings = settings

    def send(self, out: Outgoing) -> str:
        """Hand it over; its ``Message-ID``, by which a bounce names it."""
        mail = self._mail(out)
        server = self._connected()
        try:
            try:
                self._envelope(server, out.address)
            except smtplib.SMTPServerDisconnected as gone:
                raise NotNow("the server closed the connection") from gone
            try:
                code, said = server.data(mail.as_bytes())
            except smtplib.SMTPDataError as no:  # it did not let us begin
                raise _refusal(no.smtp_code, no.smtp_error) from None
            except (smtplib.SMTPServerDisconnected, OSError) as gone:
                raise Unsure("the connection ended before the server answered") from gone
            if code != 250:
                raise _refusal(code, said)
        finally:
            server.close()
        return str(mail["Message-ID"]).strip("<>")

    def _connected(self) -> smtplib.SMTP:
        told = self._settings
        try:
            server = smtplib.SMTP(told.host, told.port, timeout=TIMEOUT)
            try:
                if told.starttls:
                    server.starttls(context=ssl.create_default_context())
                if told.user:
                    server.login(told.user, told.password)
                else:
                    server.ehlo_or_helo_if_needed()
            except BaseException:
                server.close()
                raise
        except (OSError, smtplib.SMTPException) as wrong:  # a wrong password too: whoever runs the desk mends it
            said = wrong.smtp_error if isinstance(wrong, smtplib.SMTPResponseException) else type(wrong).__name__
            raise NotNow(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from None
        return server

    def _envelope(self, server: smtplib.SMTP, address: str) -> None:
        code, said = server.mail(parseaddr(self._settings.sender)[1])
        if code != 250:
            raise _refusal(code, said)
        code, said = server.rcpt(address)
        if code not in (250, 251):
            raise _refusal(code, said, address=True)

    def _mail(self, out: Outgoing) -> EmailMessage:
        name, sender = parseaddr(self._settings.sender)
        user, _, domain = sender.rpartition("@")
        mail = EmailMessage()
        mail["Subject"] = out.subject.replace("\n", " ").replace("\r", " ")
        mail["From"] = Address(name, user, domain)
        try:
            mail["To"] = Address(addr_spec=out.address)
        except (ValueError, IndexError) as wrong:
            raise Refused("not a mail address", bad_address=True) from wrong
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = f"<{out.id}@{domain}>"  # the same at every try: a server that knows it drops the second
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = "zh-Hans" if out.language == "zh-hans" else "en"
        mail.set_content(out.text)
        return mail


def _refusal(code: int, said: bytes | str, *, address: bool = False) -> Exception:
    """4xx: not now; 5xx: never, and where it was about the recipient nobody is there (RFC 5321, 4.2.1)."""
    text = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return NotNow(text) if code < 500 else Refused(text, bad_address=address)
