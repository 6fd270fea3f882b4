#!/usr/bin/env python3
"""A raw SMTP sink: keeps the bytes exactly as they came (leading dots undone, lines end with CRLF only).

usage: smtp_sink.py DIR [--refuse ADDRESS] [--data-reply TEXT] [--dot-reply TEXT] [--drop-at-dot] [--slow SECONDS]
                    [--late SECONDS] [--answer VERB TEXT] [--answer-pass TEXT] [--quit-reply TEXT]
--slow waits before the message is written down, --late between that and the answer. --answer-pass is for the question
whether a Ringer is there that knows a pass.
Writes DIR/port once it listens, then DIR/N.raw and DIR/N.env (the commands) for each message.
"""
import argparse
import os
import socket
import threading
import time

options = argparse.ArgumentParser()
options.add_argument("dir")
options.add_argument("--refuse", action="append", default=[])
options.add_argument("--dot-reply", default="250 2.0.0 queued as SINK")
options.add_argument("--data-reply", default="354 go on")
options.add_argument("--drop-at-dot", action="store_true")
options.add_argument("--slow", type=float, default=0)
options.add_argument("--late", type=float, default=0)
options.add_argument("--answer", nargs=2, action="append", default=[])
options.add_argument("--answer-pass")
options.add_argument("--quit-reply", default="221 bye")
options = options.parse_args()
answers = dict(options.answer)
count = 0
lock = threading.Lock()


def read_body(stream):
    lines = []
    while True:
        line = b""
        while not line.endswith(b"\r\n"):
            more = stream.readline()
            if not more:
                return None
            line += more
        if line == b".\r\n":
            return b"".join(lines)
        lines.append(line[1:] if line.startswith(b".") else line)


def serve(connection):
    global count
    stream = connection.makefile("rb")
    commands = []

    def reply(text):
        connection.sendall(text.encode() + b"\r\n")

    reply("220 sink ESMTP")
    for line in stream:
        command = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        commands.append(command)
        verb = command.split(" ")[0].split(":")[0].upper()
        if options.answer_pass and command.endswith("@xringer.invalid>"):
            reply(options.answer_pass)
        elif verb in answers:
            reply(answers[verb])
        elif verb == "EHLO":
            reply("250-sink\r\n250-SIZE 100000000\r\n250 8BITMIME")
        elif verb == "RCPT" and any("<%s>" % a in command for a in options.refuse):
            reply("550 5.1.1 <nobody> unknown here")
        elif verb == "DATA":
            reply(options.data_reply)
            if not options.data_reply.startswith("3"):
                continue
            body = read_body(stream)
            if body is None:
                return
            time.sleep(options.slow)
            with lock:
                count += 1
                n = count
            with open(os.path.join(options.dir, "%d.raw" % n), "wb") as out:
                out.write(body)
            with open(os.path.join(options.dir, "%d.env" % n), "w", errors="surrogateescape") as out:
                out.write("\n".join(commands) + "\n")
            time.sleep(options.late)
            if options.drop_at_dot:
                connection.close()
                return
            reply(options.dot_reply)
        elif verb == "QUIT":
            reply(options.quit_reply)
            return
        else:
            reply("250 ok")


server = socket.create_server(("127.0.0.1", 0))
with open(os.path.join(options.dir, "port.tmp"), "w") as out:
    out.write(str(server.getsockname()[1]))
os.rename(os.path.join(options.dir, "port.tmp"), os.path.join(options.dir, "port"))
while True:
    peer, _ = server.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
