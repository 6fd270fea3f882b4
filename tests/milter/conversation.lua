-- The usual conversation, by miltertest: an independent implementation of the MTA's side of the protocol.
-- Run with -D socket=unix:PATH; prints one TAP line a step.
local step = 0
local function ok(value, name)
   step = step + 1
   mt.echo((value and "ok " or "not ok ") .. step .. " - " .. name)
end

local function begin(actions)
   local conn = mt.connect(socket, 40, 0.25)
   if conn == nil then error("cannot connect to " .. socket) end
   if actions ~= nil then mt.negotiate(conn, 6, actions, 0) end
   mt.macro(conn, SMFIC_CONNECT, "j", "mx.buyer.example", "{client_name}", "client.elsewhere.example")
   mt.conninfo(conn, "client.elsewhere.example", "192.0.2.10")
   mt.helo(conn, "client.elsewhere.example")
   return conn
end

local function envelope(conn, id, login)
   if login then
      mt.macro(conn, SMFIC_MAIL, "i", id, "{auth_authen}", login)
   else
      mt.macro(conn, SMFIC_MAIL, "i", id)
   end
   mt.mailfrom(conn, "<someone@elsewhere.example>")
   mt.rcptto(conn, "<compta@buyer.example>")
end

local function end_of_headers(conn)
   if not mt.test_option(conn, SMFIP_NOEOH) then mt.eoh(conn) end
end

local function ham(conn, id)
   envelope(conn, id)
   mt.header(conn, "From", "Paul Martin <paul@elsewhere.example>")
   mt.header(conn, "To", "compta@buyer.example")
   mt.header(conn, "Subject", "Lunch on Thursday")
   mt.header(conn, "X-Ringer-Verdict", "pass; forged")
   mt.header(conn, "Message-ID", "<" .. id .. "@elsewhere.example>")
   end_of_headers(conn)
   mt.bodystring(conn, "Shall we meet at noon?\r\n")
   mt.eom(conn)
end

local function attack(conn, id, login)
   envelope(conn, id, login)
   mt.header(conn, "From", "Marie Dubois <marie.dubois@valdor-metaux.example>")
   mt.header(conn, "To", "compta@buyer.example")
   mt.header(conn, "Subject", "Changement de coordonnees bancaires")
   mt.header(conn, "Message-ID", "<" .. id .. "@valdor-metaux.example>")
   end_of_headers(conn)
   mt.bodystring(conn, "Our bank details have changed. Please pay all open invoices into our new bank account:\r\n")
   mt.bodystring(conn, "IBAN IT60 X054 2811 1010 0000 0123 456, BIC BCITITMM.\r\n")
   mt.eom(conn)
end

mt.echo("1..13")
local conn = begin(nil)
ok(mt.test_action(conn, SMFIF_ADDHDRS) and mt.test_action(conn, SMFIF_CHGHDRS) and mt.test_action(conn, SMFIF_DELRCPT)
   and mt.test_action(conn, SMFIF_QUARANTINE), "asks for the actions it needs")
ok(not mt.test_action(conn, SMFIF_CHGBODY) and not mt.test_action(conn, SMFIF_ADDRCPT), "and for no others")
ham(conn, "lua1")
ok(mt.getreply(conn) == SMFIR_CONTINUE, "mail passes")
ok(mt.eom_check(conn, MT_HDRADD, "X-Ringer-Verdict"), "with a verdict")
ok(mt.eom_check(conn, MT_HDRDELETE, "X-Ringer-Verdict"), "and without the forged one")
ok(not mt.eom_check(conn, MT_RCPTDELETE, "<compta@buyer.example>") and not mt.eom_check(conn, MT_BODYCHANGE), "and otherwise untouched")
attack(conn, "lua2")
ok(mt.getreply(conn) == SMFIR_DISCARD, "an attack on the same connection is held")
envelope(conn, "lua3")
mt.header(conn, "Subject", "half a message")
mt.abort(conn)
ham(conn, "lua4")
ok(mt.getreply(conn) == SMFIR_CONTINUE, "a message after an aborted one passes")
mt.disconnect(conn)

conn = begin(nil)
attack(conn, "lua5", "marie")
ok(mt.getreply(conn) == SMFIR_CONTINUE, "a client that logged in is not judged")
ok(not mt.eom_check(conn, MT_HDRADD), "and gets no headers")
mt.disconnect(conn, false)

conn = begin(SMFIF_ADDHDRS)
ok(not mt.test_action(conn, SMFIF_CHGHDRS), "takes what a poor MTA offers")
ham(conn, "lua6")
ok(mt.getreply(conn) == SMFIR_CONTINUE, "and passes mail")
ok(mt.eom_check(conn, MT_HDRADD, "X-Ringer-Verdict"), "with a verdict")
mt.disconnect(conn)
