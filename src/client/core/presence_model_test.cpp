#include <map>
#include <set>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "client/core/presence_list.hpp"

/// The list beside the simplest thing that could be one: for each key the set of its refs.
namespace suzaku::client::core {
namespace {

using Model = std::map<std::string, std::set<std::string>>;

Model generate_model() {
  Model model;
  for (const char* key : {"a", "b", "c", "__proto__", ""})
    for (const char* ref : {"1", "2", "3", "4"})
      if (*rc::gen::inRange(0, 3) == 0) model[key].insert(ref);
  return model;
}

Json json_of(const Model& model) {
  JsonObject state;
  for (const auto& [key, refs] : model) {
    JsonArray metas;
    for (const auto& ref : refs) metas.push_back(JsonObject{{"phx_ref", ref}});
    state[key] = JsonObject{{"metas", metas}};
  }
  return state;
}

Model model_of(const PresenceList& list) {
  Model model;
  for (const auto& [key, presence] : list.entries()) {
    RC_ASSERT(list.find(key) == &presence);
    for (const Json& meta : presence.at("metas").as_array()) {
      const bool is_new = model[key].insert(std::string(meta.at("phx_ref").as_string())).second;
      RC_ASSERT(is_new);
    }
  }
  return model;
}

/// Keeps a model from the calls of the observer alone.
struct Mirror : PresenceList::Events {
  void on_join(std::string_view key, const Json*, const Json& joined) override {
    for (const Json& meta : joined.at("metas").as_array())
      model[std::string(key)].insert(std::string(meta.at("phx_ref").as_string()));
    ++calls;
  }
  void on_leave(std::string_view key, const Json& now, const Json& left) override {
    auto& refs = model[std::string(key)];
    for (const Json& meta : left.at("metas").as_array()) refs.erase(std::string(meta.at("phx_ref").as_string()));
    RC_ASSERT(refs.size() == now.at("metas").as_array().size());
    if (refs.empty()) model.erase(std::string(key));
    ++calls;
  }
  void on_sync() override {}

  Model model;
  int calls = 0;
};

RC_GTEST_PROP(PresenceModel, after_a_state_the_list_is_that_state, ()) {
  const Model a = generate_model();
  const Model b = generate_model();
  PresenceList list;
  Mirror mirror;
  RC_ASSERT(list.sync_state(json_of(a), mirror));
  RC_ASSERT(model_of(list) == a);
  RC_ASSERT(list.sync_state(json_of(b), mirror));
  RC_ASSERT(model_of(list) == b);
  const int calls = mirror.calls;
  RC_ASSERT(list.sync_state(json_of(b), mirror));
  RC_ASSERT(mirror.calls == calls);
}

RC_GTEST_PROP(PresenceModel, callbacks_describe_every_change_of_the_list, ()) {
  PresenceList list;
  Mirror mirror;
  for (int steps = *rc::gen::inRange(1, 8); steps > 0; --steps) {
    if (*rc::gen::arbitrary<bool>()) {
      RC_ASSERT(list.sync_state(json_of(generate_model()), mirror));
    } else {
      const Json diff = JsonObject{{"joins", json_of(generate_model())}, {"leaves", json_of(generate_model())}};
      RC_ASSERT(list.sync_diff(diff, mirror));
    }
    RC_ASSERT(model_of(list) == mirror.model);
  }
}

}  // namespace
}  // namespace suzaku::client::core
