// The calls of an account, and one of them drawn: by the drawing of the inspector's own site (ladder/), which
// install.sh puts beside this file. What is here is ES5, as Monster UI's build wants it.
define(function(require) {
	var $ = require('jquery'),
		_ = require('lodash'),
		monster = require('monster');

	var gregorianSeconds = 62167219200;

	return {
		css: [ 'app', 'ladder' ],

		i18n: {
			'en-US': { customCss: false }
		},

		requests: {},

		subscribe: {},

		render: function(container) {
			var self = this;

			monster.ui.generateAppLayout(self, {
				parent: _.isEmpty(container) ? $('#monster_content') : container,
				menus: [
					{
						tabs: [
							{
								callback: self.callsRender
							}
						]
					}
				]
			});
		},

		// The list, and the field for a Call-ID that is not in it.
		callsRender: function(args) {
			var self = this,
				container = args.container;

			self.closeCall();
			self.callApi({
				resource: 'inspector.list',
				data: {
					accountId: self.accountId
				},
				success: function(answer) {
					var $template = $(self.getTemplate({
						name: 'calls',
						data: {
							calls: _.map(answer.data, _.bind(self.formatCall, self))
						}
					}));

					self.bindCallsEvents($template, container);
					container.empty().append($template);
				},
				error: function() {
					self.showProblem(container, self.i18n.active().callInspector.problems.list);
				}
			});
		},

		bindCallsEvents: function($template, container) {
			var self = this;

			$template.on('click', '.call-inspector-call', function(event) {
				event.preventDefault();
				self.callRender(container, $(this).attr('data-call-id'));
			});
			$template.find('.call-inspector-search').on('submit', function(event) {
				var callId = _.trim($(this).find('input').val());

				event.preventDefault();
				if (callId) {
					self.callRender(container, callId);
				}
			});
		},

		// What a row of Crossbar's CDRs tells.
		formatCall: function(cdr) {
			var unix = Number(cdr.timestamp) - gregorianSeconds;

			return {
				callId: cdr.call_id,
				start: unix > 0 ? new Date(unix * 1000).toISOString().slice(0, 19).replace('T', ' ') : '',
				from: cdr.caller_id_number || cdr.calling_from || cdr.from,
				fromName: cdr.caller_id_name,
				to: cdr.callee_id_number || cdr.dialed_number || cdr.to,
				duration: cdr.duration_seconds,
				cause: cdr.hangup_cause
			};
		},

		callRender: function(container, callId) {
			var self = this,
				problems = self.i18n.active().callInspector.problems;

			monster.parallel({
				details: function(next) {
					self.callApi({
						resource: 'inspector.get',
						data: {
							accountId: self.accountId,
							callId: callId
						},
						success: function(answer) {
							next(null, answer.data);
						},
						error: function() {
							next(problems.call);
						}
					});
				},
				drawing: _.bind(self.loadDrawing, self)
			}, function(problem, results) {
				if (problem) {
					return self.showProblem(container, problem);
				}
				if (_.isEmpty(results.details.messages)) {
					return self.showProblem(container, problems.none);
				}
				self.drawCall(container, results.drawing, results.details);
			});
		},

		// The modules of the drawing say when they are there.
		loadDrawing: function(callback) {
			var self = this,
				script;

			if (window.callInspectorDrawing) {
				return callback(null, window.callInspectorDrawing);
			}
			script = document.createElement('script');
			script.type = 'module';
			script.src = self.appPath + '/ladder/register.js';
			script.onload = function() {
				callback(null, window.callInspectorDrawing);
			};
			script.onerror = function() {
				callback(self.i18n.active().callInspector.problems.drawing);
			};
			document.head.appendChild(script);
		},

		drawCall: function(container, drawing, details) {
			var self = this,
				$template = $(self.getTemplate({
					name: 'call'
				}));

			self.closeCall();
			container.empty().append($template);
			$template.find('.call-inspector-back').on('click', function() {
				self.callsRender({ container: container });
			});
			self.drawn = drawing.show({
				title: $template.find('.call-inspector-title')[0],
				findings: $template.find('.call-inspector-findings')[0],
				ladder: $template.find('.call-inspector-ladder')[0]
			}, details);
		},

		closeCall: function() {
			var self = this;

			if (self.drawn) {
				self.drawn.close();
				self.drawn = undefined;
			}
		},

		showProblem: function(container, text) {
			var self = this,
				$template = $(self.getTemplate({
					name: 'problem',
					data: {
						text: text
					}
				}));

			self.closeCall();
			$template.find('.call-inspector-back').on('click', function() {
				self.callsRender({ container: container });
			});
			container.empty().append($template);
		}
	};
});
