# What others need to run and attach ringerd. systemd looks below any of /usr and /usr/local.
EXTRA_DIST += \
	scripts/build-deb \
	scripts/completion \
	scripts/copy-source \
	contrib/debian/changelog \
	contrib/debian/control \
	contrib/debian/copyright \
	contrib/debian/ringer.logrotate \
	contrib/debian/ringer.postinst \
	contrib/debian/ringer.postrm \
	contrib/debian/ringer.prerm \
	contrib/debian/ringer.templates \
	contrib/debian/ringer.yaml \
	contrib/debian/rules \
	contrib/debian/source/format \
	contrib/postfix/main.cf \
	contrib/postfix/master.cf \
	contrib/sendmail/ringer.mc \
	contrib/systemd/postfix.conf \
	contrib/systemd/ringerd.service.in \
	contrib/systemd/ringerd.socket \
	contrib/systemd/sysusers.conf \
	contrib/systemd/tmpfiles.conf
dist_doc_DATA = README.md NEWS ARCHITECTURE.md doc/comparison.md doc/side-by-side.md doc/tuning.md doc/report.png COPYING THIRD-PARTY SECURITY.md contrib/ringer.yaml
pkgdata_systemddir = $(pkgdatadir)/systemd
dist_pkgdata_systemd_DATA = contrib/systemd/postfix.conf

bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = contrib/completion/ringer
zshcompletiondir = $(datadir)/zsh/site-functions
nodist_zshcompletion_DATA = contrib/completion/_ringer
CLEANFILES += contrib/completion/ringer contrib/completion/_ringer
contrib/completion/ringer: scripts/completion ringer$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) contrib/completion && $(SHELL) $(srcdir)/scripts/completion bash ./ringer$(EXEEXT) >$@.tmp && mv $@.tmp $@
contrib/completion/_ringer: scripts/completion ringer$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) contrib/completion && $(SHELL) $(srcdir)/scripts/completion zsh ./ringer$(EXEEXT) >$@.tmp && mv $@.tmp $@

SYSTEMD_LIB = $(DESTDIR)$(prefix)/lib
install-systemd:
	$(MKDIR_P) '$(SYSTEMD_LIB)/systemd/system' '$(SYSTEMD_LIB)/sysusers.d' '$(SYSTEMD_LIB)/tmpfiles.d'
	$(SED) 's,@sbindir[@],$(sbindir),' $(srcdir)/contrib/systemd/ringerd.service.in >'$(SYSTEMD_LIB)/systemd/system/ringerd.service'
	$(INSTALL_DATA) $(srcdir)/contrib/systemd/sysusers.conf '$(SYSTEMD_LIB)/sysusers.d/ringer.conf'
	$(INSTALL_DATA) $(srcdir)/contrib/systemd/tmpfiles.conf '$(SYSTEMD_LIB)/tmpfiles.d/ringer.conf'
	$(INSTALL_DATA) $(srcdir)/contrib/systemd/ringerd.socket '$(SYSTEMD_LIB)/systemd/system/ringerd.socket'
install-data-local: install-systemd
uninstall-local:
	rm -f '$(SYSTEMD_LIB)/systemd/system/ringerd.service' '$(SYSTEMD_LIB)/systemd/system/ringerd.socket' \
		'$(SYSTEMD_LIB)/sysusers.d/ringer.conf' '$(SYSTEMD_LIB)/tmpfiles.d/ringer.conf'
# A package does these steps itself.
install-data-hook:
	@test -n '$(DESTDIR)' || printf '%s\n' '' \
		'Next:  systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload' \
		"       install -D -m 644 $(docdir)/ringer.yaml $(sysconfdir)/ringer/ringer.yaml    (if there is none yet)" \
		"       \$$EDITOR $(sysconfdir)/ringer/ringer.yaml && ringer config check && systemctl enable --now ringerd" \
		'For Postfix see $(pkgdatadir)/systemd/postfix.conf and ringerd(8).'
.PHONY: install-systemd
