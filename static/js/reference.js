/** The API reference: Swagger UI for our OpenAPI document. Requests are sent as the person who is signed in. */

import { byId, csrfToken } from "./desk/dom.js";

/** @typedef {{React: {createElement: (tag: string, attributes: object, ...children: unknown[]) => unknown}}} System */

/** @type {any} */ (window).SwaggerUIBundle({
  domNode: byId("swagger-ui", HTMLElement),
  url: byId("swagger-ui", HTMLElement).dataset.document,
  deepLinking: true,
  validatorUrl: null,
  syntaxHighlight: false, // its colors fit only one theme
  /** @param {{headers: Record<string, string>}} request */
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = csrfToken();
    return request;
  },
  plugins: [
    () => ({
      wrapComponents: {
        InfoContainer: () => () => null, // the page has its own heading and introduction
        // A link inside a button can't be reached; opening an operation changes the address all the same.
        DeepLink: (/** @type {unknown} */ _original, /** @type {System} */ { React }) =>
          (/** @type {{text: unknown}} */ { text }) => React.createElement("span", {}, text),
      },
    }),
  ],
});
