// Loads an app as Monster UI does (js/lib/monster.apps.js, monster.js, monster.ui.js of github.com/2600hz/monster-ui,
// 2026-05), and hands over nothing but what is used of it: what an app asks beyond that fails.
/* global require, define, Handlebars */

require.config({
  paths: { jquery: "/lib/jquery", lodash: "/lib/lodash", handlebars: "/lib/handlebars", apps: "/apps" },
});

define("monster", ["jquery", "lodash", "handlebars"], ($, _, Handlebars) => {
  const templates = {};
  const monster = {
    apps: {},
    defaultLanguage: "en-US",
    // async.parallelLimit: a function or an object of functions, the first error ends it.
    parallel(tasks, callback) {
      const results = _.isArray(tasks) ? [] : {};
      let left = _.size(tasks),
        isOver = false;
      _.each(tasks, (task, key) =>
        task((problem, result) => {
          if (isOver) return;
          results[key] = result;
          left -= 1;
          if (problem || left === 0) {
            isOver = true;
            callback(problem, results);
          }
        }),
      );
    },
    getTemplate({ app, name, data }) {
      const key = `${app.name} ${name}`;
      if (!templates[key]) {
        $.ajax({
          url: `${app.appPath}/views/${name}.html`,
          dataType: "text",
          async: false,
          success: (text) => {
            templates[key] = Handlebars.compile(text);
          },
        });
      }
      return templates[key]({ ...data, i18n: app.i18n.active() })
        .replace(/(\r\n|\n|\r|\t)/gm, "")
        .trim();
    },
    ui: {
      generateAppLayout(app, { parent, menus }) {
        const tab = menus[0].tabs[0];
        parent
          .empty()
          .append(
            '<div class="app-layout"><div class="app-content"><div class="app-content-wrapper"></div></div></div>',
          );
        tab.callback.call(app, { parent, container: parent.find(".app-content-wrapper") });
      },
    },
  };
  // jquery.kazoosdk.js: inspector.get and inspector.list, and how it puts values into paths.
  const sdk = {
    "inspector.get": "accounts/{accountId}/call_inspector/{callId}",
    "inspector.list": "accounts/{accountId}/call_inspector",
  };
  monster.callApi = (app, { resource, data, success, error }) =>
    $.ajax({
      url: app.apiUrl + sdk[resource].replace(/{([^}]+)}/g, (_match, key) => encodeURIComponent(data[key])),
      dataType: "json",
      success: (answer, status) => success(answer, status),
      error: (answer) => error(answer),
    });
  return monster;
});

require(["jquery", "lodash", "monster", "apps/call_inspector/app"], ($, _, monster, app) => {
  const name = "call_inspector";
  _.extend(app, { appPath: `apps/${name}`, data: { version: "1" } }, { apiUrl: "/v2/", name });
  app.css.forEach((file) =>
    $("<link/>", { rel: "stylesheet", href: `${app.appPath}/style/${file}.css` }).appendTo("head"),
  );
  app.getTemplate = (args) => monster.getTemplate({ ...args, app });
  app.callApi = (params) => monster.callApi(app, params);
  $.ajax({
    url: `${app.appPath}/i18n/en-US.json`,
    dataType: "json",
    success: (texts) => {
      app.data.i18n = { "en-US": texts };
      app.i18n.active = () => app.data.i18n["en-US"];
      monster.apps[name] = app;
      app.accountId = "a0123456789abcdef0123456789abcde";
      app.render();
    },
  });
});
