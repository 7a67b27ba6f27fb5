// Loaded into the program's process before the SDK (`--require`). It changes nothing that the program sees; it tells the
// engine the form and place of each lookup, drops debug messages before they cost a call each, and writes down why the
// program failed, in a form that needs no parsing.
"use strict";
const fs = require("fs");
const Module = require("module");
const { AsyncLocalStorage } = require("async_hooks");
const { isMainThread } = require("worker_threads");

if (isMainThread && process.env.PREFLIGHT_NODE) {
    const order = JSON.parse(process.env.PREFLIGHT_NODE);
    delete process.env.PREFLIGHT_NODE;
    watchFailures(order);
    hookSdk(order);
    if (!order.allowNetwork) keepLocal();
}

function keepLocal() {
    const net = require("net");
    const connect = net.Socket.prototype.connect;
    const local = /^(localhost|127\.|::1$|::$|0\.0\.0\.0$)/;
    net.Socket.prototype.connect = function (...args) {
        const first = Array.isArray(args[0]) ? args[0][0] : args[0];
        const host = first && typeof first === "object" ? first.host : typeof args[1] === "string" ? args[1] : undefined;
        if (!host || local.test(host)) return connect.apply(this, args);
        const error = new Error(
            `the program tried to reach ${host}, and a preview runs without a network (--allow-network lifts this)`,
        );
        process.nextTick(() => this.destroy(error));
        return this;
    };
}

function frames(stack, root) {
    const own = [];
    for (const line of String(stack || "").split("\n")) {
        const found = /^\s+at (?:(.*?) \()?(?:file:\/\/)?([^()]+?):(\d+):(\d+)\)?$/.exec(line);
        if (found && found[2].startsWith(root) && !found[2].includes("/node_modules/")) {
            own.push({ file: found[2], line: Number(found[3]), function: found[1] || "" });
        }
    }
    return own;
}

function watchFailures(order) {
    const said = new Set();
    const write = (entry) => fs.appendFileSync(order.report, JSON.stringify(entry) + "\n");
    const failed = (error) => {
        if (said.has(error)) return;
        said.add(error);
        const isError = error instanceof Error || (error && typeof error.message === "string");
        write({
            kind: "exception",
            type: isError ? String(error.name || "Error") : typeof error,
            code: isError && typeof error.code === "string" ? error.code : "",
            message: isError ? String(error.message) : String(error),
            run: Boolean(isError && error.__pulumiRunError),
            resource: Boolean(isError && error.__pulumResourceError),
            frames: isError ? frames(error.stack, order.root) : [],
        });
    };
    process.on("uncaughtException", failed);
    process.on("unhandledRejection", failed);
    const exit = process.exit;
    process.exit = (code) => {
        const own = frames(new Error("exit").stack, order.root);
        if (own.length) write({ kind: "exit", message: String(code ?? process.exitCode ?? 0), frames: own });
        return exit.call(process, code);
    };
    process.on("exit", (code) => write({ kind: "end", code }));
}

function hookSdk(order) {
    const lookup = new AsyncLocalStorage();
    const seen = new WeakSet();
    const load = Module._load;
    Module._load = function (request, ...rest) {
        const loaded = load.call(this, request, ...rest);
        const client = /resource_grpc_pb(\.js)?$/.test(request) ? loaded.ResourceMonitorClient : undefined;
        if (client && !seen.has(client)) {
            seen.add(client);
            hookMonitor(client.prototype, lookup, order);
        }
        if (request.endsWith("@pulumi/pulumi") && loaded && loaded.runtime && !seen.has(loaded)) {
            seen.add(loaded);
            loaded.log.debug = async () => undefined;
            const place = () => {
                const own = frames(new Error("lookup").stack, order.root);
                return own.length ? `${own[0].file}:${own[0].line}` : "";
            };
            const forms = { invoke: "direct", invokeSingle: "direct", invokeOutput: "output", invokeSingleOutput: "output" };
            for (const [name, form] of Object.entries(forms)) {
                const original = loaded.runtime[name];
                if (!original) continue;
                loaded.runtime[name] = (...args) => lookup.run({ form, place: place() }, () => original(...args));
            }
        }
        return loaded;
    };
}

function hookMonitor(prototype, lookup, order) {
    const grpc = Module.createRequire(order.sdk)("@grpc/grpc-js");
    for (const name of Object.keys(prototype)) {
        const send = prototype[name];
        if (typeof send !== "function" || !send.path) continue;
        const carrying = function (request, ...rest) {
            const metadata = rest[0] instanceof grpc.Metadata ? rest.shift() : new grpc.Metadata();
            metadata.set(...order.token);
            const told = lookup.getStore();
            if (told && send.path.endsWith("/Invoke")) {
                metadata.set(order.formKey, told.form);
                metadata.set(order.placeKey, Buffer.from(told.place));
            }
            return send.call(this, request, metadata, ...rest);
        };
        prototype[name] = Object.assign(carrying, send);
    }
}
