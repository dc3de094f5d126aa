#include "task/contenders.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

#include "base/error.h"
#include "model/convolutional.h"
#include "model/default_sizes.h"
#include "model/family.h"
#include "model/settings.h"

namespace hourglass {
namespace {

// Settings that cannot be swept, and what to do instead.
struct NotSwept {
  const char* key;
  const char* instead;
};
constexpr NotSwept kNotSwept[] = {
    {"family", "give the families"},
    {"latent_dim", "give the latent dims"},
    {"seed", "give the number of seeds"},
    {"scaling", "errors in different scales cannot be compared: compare once for each"},
    {"missing", "all must be measured on the same rows: compare once for each"},
    {"ensemble", "compare judges single models; train an ensemble of the one that does best"},
    {"ensemble_widths", "compare judges single models; sweep hidden or give the latent dims"},
    {"validation", "all must be trained on the same rows: compare once for each"},
};

void check_sweep(const Sweep& sweep) {
  for (const NotSwept& row : kNotSwept) {
    if (sweep.key == row.key) {
      usage_error(fmt::format("{} cannot be swept: {}", sweep.key, row.instead));
    }
  }
  if (sweep.values.empty()) {
    usage_error(
        fmt::format("no values to sweep {} over: give {}=value,value", sweep.key, sweep.key));
  }
}

void check_single(const Settings& settings) {
  if (spec_from_settings(settings).ensemble == 1) return;
  usage_error(
      "ensemble is not for comparing, which judges single models: leave it out, and train an "
      "ensemble of the one that does best");
}

// Every way of picking one value of each sweep; the last changes fastest. One empty pick of none.
std::vector<Settings> combinations(const std::vector<Sweep>& sweeps) {
  std::vector<Settings> picked = {{}};
  std::set<std::string> keys;
  for (const Sweep& sweep : sweeps) {
    check_sweep(sweep);
    // The later value would overrule the earlier one, in rows that name both.
    if (!keys.insert(sweep.key).second) {
      usage_error(fmt::format("{} is swept twice: give all its values at once", sweep.key));
    }
    std::vector<Settings> longer;
    for (const Settings& begun : picked) {
      for (const std::string& value : sweep.values) {
        longer.push_back(begun);
        longer.back().emplace_back(sweep.key, value);
      }
    }
    picked = std::move(longer);
  }
  return picked;
}

// The families to compare: those named, or all, less those that decide what is swept.
std::vector<std::string> families_of(const CompareOptions& options,
                                     std::vector<std::string>& notes) {
  std::vector<std::string> names = options.families;
  if (names.empty()) {
    for (const Family& family : families()) names.push_back(family.name);
  }
  std::vector<std::string> reasons;
  for (const Sweep& sweep : options.sweeps) {
    std::erase_if(names, [&](const std::string& name) {
      const std::string& decided = find_family(name).decides;
      if (decided.empty() || decided != sweep.key) return false;
      reasons.push_back(fmt::format("{}: the family decides {}, which is swept", name, sweep.key));
      return true;
    });
  }
  if (names.empty()) usage_error(reasons.front());
  for (const std::string& reason : reasons) notes.push_back(fmt::format("left out {}", reason));
  return names;
}

ModelSpec spec_of(const ContenderPlan& plan, const Settings& settings) {
  const std::string& decided = find_family(plan.family).decides;
  // One scaling for all; what the user set comes after it and overrules it.
  Settings all = {{"scaling", "auto"}};
  for (const auto& [key, value] : settings) {
    if (key != decided) all.emplace_back(key, value);
  }
  all.emplace_back("family", plan.family);
  all.insert(all.end(), plan.swept.begin(), plan.swept.end());
  ModelSpec spec = spec_from_settings(all);
  spec.latent_dim = plan.latent_dim;
  return spec;
}

std::string name_of(const ContenderPlan& plan) {
  std::string name = plan.family;
  for (const auto& [key, value] : plan.swept) name += fmt::format(" with {} = {}", key, value);
  return name;
}

// The plans that `fit` takes; what it throws about another is the reason why that is left out.
std::vector<ContenderPlan> keep_fitting(std::vector<ContenderPlan> plans,
                                        std::vector<std::string>& notes,
                                        const std::function<void(ContenderPlan&)>& fit) {
  std::vector<ContenderPlan> fitting;
  std::vector<std::string> reasons;
  for (ContenderPlan& plan : plans) {
    try {
      fit(plan);
      fitting.push_back(std::move(plan));
    } catch (const Error& error) {
      reasons.push_back(fmt::format("{}: {}", name_of(plan), error.what()));
      if (plan.asked_for) usage_error(reasons.back());
    }
  }
  if (fitting.empty()) usage_error(reasons.front());
  for (const std::string& reason : reasons) notes.push_back(fmt::format("left out {}", reason));
  return fitting;
}

}  // namespace

std::vector<ContenderPlan> plan_contenders(const Settings& settings, const CompareOptions& options,
                                           std::vector<std::string>& notes) {
  check_single(settings);
  const std::vector<std::string> names = families_of(options, notes);
  std::vector<Index> latent_dims(options.latent_dims.begin(), options.latent_dims.end());
  if (latent_dims.empty()) latent_dims.push_back(0);
  const std::vector<Settings> swept = combinations(options.sweeps);
  std::vector<ContenderPlan> plans;
  for (const std::string& family : names) {
    for (const Index latent_dim : latent_dims) {
      for (const Settings& pick : swept) {
        ContenderPlan plan{family, latent_dim, pick, false, {}};
        plan.asked_for = !options.families.empty() && pick.empty();
        plan.spec = spec_of(plan, settings);
        plans.push_back(std::move(plan));
      }
    }
  }
  return plans;
}

std::vector<ContenderPlan> choose_architectures(std::vector<ContenderPlan> plans,
                                                const std::vector<Index>& sample_shape,
                                                std::vector<std::string>& notes) {
  return keep_fitting(std::move(plans), notes, [&](ContenderPlan& plan) {
    choose_architecture_for(plan.spec, sample_shape);
  });
}

std::vector<ContenderPlan> fit_to_data(std::vector<ContenderPlan> plans, const DataShape& shape,
                                       Scaling scaling, std::vector<std::string>& notes) {
  return keep_fitting(std::move(plans), notes, [&](ContenderPlan& plan) {
    plan.spec.scaling = scaling;
    if (plan.latent_dim == 0) plan.latent_dim = default_latent_dim(shape.features);
    plan.spec.latent_dim = plan.latent_dim;
    ModelSpec resolved = plan.spec;
    resolve(resolved, shape, nullptr);
  });
}

}  // namespace hourglass
